import { assert, assertMatch } from "@std/assert";
import { PAGES } from "../../../job/conformance/pages.ts";

Deno.test("PAGES: each source is a page of Microsoft or names the project that observed it", () => {
  const pages = Object.values<string>(PAGES).filter((page) => page.startsWith("http"));
  assert(pages.length > 20);
  for (const page of pages) assertMatch(page, /^https:\/\/learn\.microsoft\.com\/windows\/\S+$/);
});
