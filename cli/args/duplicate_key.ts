/**
 * Keys that occur twice in one object of a JSON text; `JSON.parse` accepts them silently. Pure.
 *
 * @module
 */

function endOfString(json: string, start: number): number {
  for (let at = start + 1;; at++) {
    if (json[at] === '"') return at;
    if (json[at] === "\\") at++;
  }
}

/**
 * Finds a key that occurs twice in one object.
 *
 * @param json A text that is valid JSON.
 * @returns The first such key; `undefined` when there is none.
 */
export function duplicateKey(json: string): string | undefined {
  // The keys of each open object; nothing for an array.
  const open: (Set<string> | undefined)[] = [];
  const colon = /\s*:/y;
  for (let at = 0; at < json.length; at++) {
    const mark = json[at];
    if (mark === "{") open.push(new Set());
    else if (mark === "[") open.push(undefined);
    else if (mark === "}" || mark === "]") open.pop();
    else if (mark === '"') {
      const end = endOfString(json, at);
      colon.lastIndex = end + 1;
      const keys = open.at(-1);
      if (keys !== undefined && colon.test(json)) {
        const key: string = JSON.parse(json.slice(at, end + 1));
        if (keys.has(key)) return key;
        keys.add(key);
      }
      at = end;
    }
  }
  return undefined;
}
