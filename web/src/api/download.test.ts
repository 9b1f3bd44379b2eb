// @vitest-environment node
import { expect, it, vi } from "vitest";
import { wholeOf } from "./download";
import { Unreachable } from "./problem";

const bytes = (text: string) => new TextEncoder().encode(text);

/** Its pieces, and then its end or a failure. */
function bodyOf(pieces: string[], failure?: Error) {
  const left = [...pieces];
  return new ReadableStream({
    pull: (stream) => {
      const next = left.shift();
      if (next !== undefined) stream.enqueue(bytes(next));
      else if (failure) stream.error(failure);
      else stream.close();
    },
  });
}

it("a_file_is_whole_and_tells_how_far_it_has_come", async () => {
  const headers = { "Content-Length": "6", "Content-Type": "application/json" };
  const onProgress = vi.fn();
  const file = await wholeOf(new Response(bodyOf(["[1,", "22]"]), { headers }), onProgress);
  expect(await file.text()).toBe("[1,22]");
  expect(file.type).toBe("application/json");
  expect(onProgress.mock.calls).toEqual([
    [3, 6],
    [6, 6],
  ]);
});

it.each([{}, { "Content-Length": "2", "Content-Encoding": "gzip" }])(
  "a_length_that_is_not_the_files_is_none: %j",
  async (headers) => {
    const onProgress = vi.fn();
    await wholeOf(new Response(bodyOf(["[1]"]), { headers }), onProgress);
    expect(onProgress).toHaveBeenCalledWith(3, null);
  },
);

it("half_a_file_is_none", async () => {
  const half = new Response(bodyOf(["[1,"], new TypeError("network error")));
  await expect(wholeOf(half, () => {})).rejects.toBeInstanceOf(Unreachable);
});
