import "../../helpers/bound_kernel.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { TOKEN_INFORMATION_CLASS } from "../../../ffi/constants.ts";
import { advapi32, kernel32 } from "../../../ffi/library.ts";
import { IsolationNotAppliedError } from "../../../isolation/errors.ts";
import { Recipe } from "../../../isolation/recipe.ts";
import { SID } from "../../../isolation/sid.ts";
import { openOwnToken, readToken, restrictToken } from "../../../isolation/token.ts";
import type { Draft, Work } from "../../../isolation/work.ts";
import { copyMemory } from "../../../process/native_memory.ts";
import { assertNoHandleLeft } from "../../helpers/open_handles.ts";
import { substituteFunction } from "../../helpers/substituted_kernel.ts";

/** A restriction that does what the test wants. */
class TestWork implements Work {
  readonly row = "admin";
  readonly asked = "a test";
  disposed = 0;
  readonly #apply: (draft: Draft) => void;

  constructor(apply: (draft: Draft) => void = () => {}) {
    this.#apply = apply;
  }

  apply(draft: Draft): void {
    this.#apply(draft);
  }

  readBack(): string {
    return "a test";
  }

  [Symbol.dispose](): void {
    this.disposed++;
  }
}

function withRecipe(works: readonly Work[], use: (recipe: Recipe) => void): void {
  using handle = openOwnToken();
  const own = { handle, facts: readToken(handle.value) };
  using recipe = new Recipe({ own, works, env: { A: "1" }, clearEnv: false });
  use(recipe);
}

Deno.test("Recipe: the trials and the command use the same unchangeable recipe", () => {
  withRecipe([new TestWork((draft) => draft.env["B"] = "2")], ({ birth, env }) => {
    assertEquals([Object.isFrozen(birth), Object.isFrozen(env)], [true, true]);
    assertEquals(env, { A: "1", B: "2" });
    assert(birth.token !== undefined && birth.token !== 0n);
  });
});

Deno.test("Recipe: a token that lacks a requested restriction is detected before the start", () => {
  const real = advapi32.CreateRestrictedToken;
  const wishes: ((draft: Draft) => void)[] = [
    (draft) => draft.denyOnly.push("S-1-1-0"),
    (draft) => draft.removed.push(23n),
    (draft) => draft.level = SID.untrusted,
  ];
  for (const wish of wishes) {
    // A system that says yes, and gives the caller's own rights.
    using _pretending = substituteFunction(
      advapi32,
      "CreateRestrictedToken",
      () => (token, flags, _groups, _sids, _count, _luids, _restricted, _list, made) =>
        real(token, flags, 0, null, 0, null, 0, null, made),
    );
    using _level = substituteFunction(advapi32, "SetTokenInformation", () => () => 1);
    using handle = openOwnToken();
    const facts = { ...readToken(handle.value), elevated: true };
    const error = assertThrows(
      () =>
        new Recipe({
          own: { handle, facts },
          works: [new TestWork(wish)],
          env: {},
          clearEnv: false,
        }),
      IsolationNotAppliedError,
    );
    assertEquals(error.gate, "before the start");
  }
});

Deno.test("Recipe: rights that the token should not have are detected too", () => {
  using own = openOwnToken();
  using fewer = restrictToken(own.value, { denyOnly: ["S-1-1-0"], privileges: [23n] });
  const facts = readToken(fewer.value);
  // The recipe is told of fewer rights than the token has that it is made of.
  const make = (): Recipe =>
    new Recipe({ own: { handle: own, facts }, works: [new TestWork()], env: {}, clearEnv: false });
  assertThrows(make, IsolationNotAppliedError, "before the start");
});

Deno.test("Recipe: a group that is there twice does not stand for another one", () => {
  using _doubled = substituteFunction(
    advapi32,
    "GetTokenInformation",
    (real) => (token, name, address, ...rest) => {
      const result = real(token, name, address, ...rest);
      if (name === TOKEN_INFORMATION_CLASS.TokenGroups && result !== 0) {
        const [first, second] = [address + 8n, address + 24n];
        kernel32.RtlMoveMemory$write(second, new Uint8Array(copyMemory(first, 16).buffer), 16n);
      }
      return result;
    },
  );
  using handle = openOwnToken();
  const { groups: [first, , ...others], ...facts } = readToken(handle.value);
  const other = { sid: "S-1-5-21-1-2-3-4", enabled: true, denyOnly: false };
  const own = { handle, facts: { ...facts, groups: [first!, other, ...others] } };
  assertThrows(
    () => new Recipe({ own, works: [new TestWork()], env: {}, clearEnv: false }),
    IsolationNotAppliedError,
    other.sid,
  );
});

Deno.test("Recipe: disposal undoes everything and leaves no handle", async () => {
  const work = new TestWork();
  await assertNoHandleLeft(() => withRecipe([work], () => {}));
  assertEquals(work.disposed, 1);
});

Deno.test("Recipe: failed cleanup is reported, and nothing is removed while the tree may run", async () => {
  let tidied = 0;
  const work = Object.assign(new TestWork(), { tidy: () => [`left ${++tidied}`] });
  using handle = openOwnToken();
  const own = { handle, facts: readToken(handle.value) };
  const make = (): Recipe => new Recipe({ own, works: [work], env: {}, clearEnv: false });
  const [gone, alive] = [make(), make()];
  gone.started();
  gone.tidy();
  assertEquals(await gone.birth.isolation.cleanup, ["left 1"]);
  alive.started();
  alive.tidy("the job was closed");
  assertEquals(await alive.birth.isolation.cleanup, ["the job was closed"]);
  assertEquals(tidied, 1);
});
