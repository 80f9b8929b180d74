// The type of @std/text's levenshteinDistance, for the untyped build of it from npm.

export declare function levenshteinDistance(str1: string, str2: string): number;
