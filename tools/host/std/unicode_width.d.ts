// The type of @std/cli's unicodeWidth.

export declare function unicodeWidth(str: string): number;
