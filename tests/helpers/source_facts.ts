/** What a source file's syntax tree says; only within `deno test`, which has the parser. */

/** What is looked for in a source file. */
export type FactKind =
  /** A value of `Deno`, or a worker: what pure files do without. */
  | "impure"
  /** A use of `Deno.dlopen`. */
  | "dlopen"
  /** A use of `CloseHandle` as a member. */
  | "CloseHandle"
  /** A statement that is still there at run time, other than an import or a re-export. */
  | "statement"
  /** A re-export of another module's values. */
  | "re-export";

/** One finding in a source file. */
export interface Fact {
  /** What it is. */
  readonly kind: FactKind;
  /** The text in question. */
  readonly text: string;
}

type Report = (kind: FactKind, node: Deno.lint.Node) => void;

const IMPURE_GLOBALS: ReadonlySet<string> = new Set(["Deno", "Worker"]);

/** Statements of which nothing is left at run time. */
const TYPE_STATEMENTS: ReadonlySet<string> = new Set([
  "ImportDeclaration",
  "TSInterfaceDeclaration",
  "TSTypeAliasDeclaration",
  "TSModuleDeclaration",
]);

function visitor(report: Report): Deno.lint.LintVisitor {
  return {
    Identifier(node) {
      if (!IMPURE_GLOBALS.has(node.name)) return;
      const { parent } = node;
      // The name of a type, a property or a parameter is not a use of the global.
      if (/^TS(?!As|Satisfies|NonNull)/.test(parent.type)) return;
      if (parent.type === "MemberExpression" && parent.property === node && !parent.computed) {
        if (parent.object.type !== "Identifier" || parent.object.name !== "globalThis") return;
      }
      if (parent.type === "Property" && parent.key === node && !parent.shorthand) return;
      report("impure", parent.type === "MemberExpression" ? parent : node);
    },
    MemberExpression(node) {
      if (node.property.type !== "Identifier") return;
      if (node.property.name === "dlopen") report("dlopen", node);
      if (node.property.name === "CloseHandle") report("CloseHandle", node);
    },
    Program(node) {
      for (const statement of node.body) {
        if (TYPE_STATEMENTS.has(statement.type)) continue;
        if (statement.type === "ExportAllDeclaration") {
          if (statement.exportKind !== "type") report("re-export", statement);
          continue;
        }
        if (statement.type === "ExportNamedDeclaration") {
          if (statement.exportKind === "type") continue;
          if (statement.source !== null) {
            report("re-export", statement);
            continue;
          }
          if (statement.declaration && TYPE_STATEMENTS.has(statement.declaration.type)) continue;
        }
        report("statement", statement);
      }
    },
  };
}

/**
 * Reads a source file's syntax tree.
 *
 * @param path The file's name, for its language.
 * @param source Its text.
 * @returns What was found, in the order of the kinds' own visits.
 */
export function sourceFacts(path: string, source: string): Fact[] {
  const facts: Fact[] = [];
  const plugin: Deno.lint.Plugin = {
    name: "facts",
    rules: {
      facts: {
        create: (context) =>
          visitor((kind, node) => {
            facts.push({ kind, text: context.sourceCode.getText(node).split("\n", 1)[0]! });
          }),
      },
    },
  };
  Deno.lint.runPlugin(plugin, path, source);
  return facts;
}
