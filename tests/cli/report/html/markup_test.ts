import { assertEquals } from "@std/assert";
import { escapeHtml, Markup, markup } from "../../../../cli/report/html/markup.ts";

Deno.test("markup escapes text, rounds numbers, and leaves markup as it is", () => {
  const inner = markup`<b>${"<&>\"'"}</b>`;
  assertEquals(
    markup`<p>${inner}${[inner, inner]}${1.23456}${undefined}</p>`.toString(),
    `<p>${"<b>&lt;&amp;&gt;&quot;&#39;</b>".repeat(3)}1.23</p>`,
  );
});

Deno.test("markup accepts as HTML only what markup made", () => {
  assertEquals(markup`${"<i>"}${new Markup("<i>")}`.toString(), "&lt;i&gt;<i>");
});

Deno.test("escapeHtml leaves no character that ends an attribute, an element or a line", () => {
  const all = Array.from({ length: 0x300 }, (_, code) => String.fromCodePoint(code)).join("");
  const escaped = escapeHtml(all);
  assertEquals(escaped.match(/[<>"']/g), null);
  assertEquals(escaped.match(/\p{Cc}/gu), null);
  assertEquals(escaped.match(/&(?!(amp|lt|gt|quot|#39);)/g), null);
});
