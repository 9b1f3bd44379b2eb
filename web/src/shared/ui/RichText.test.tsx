import { render } from "@testing-library/react";
import { expect, it } from "vitest";
import { RichText } from "./RichText";

it("a_reply_never_becomes_markup_of_its_own", () => {
  const evil = '<img src=x onerror=alert(1)> **<a href="https://example.org">x</a>**';
  const { container } = render(<RichText text={evil} />);
  expect(container.querySelector("img, a")).toBeNull();
  expect(container.textContent).toContain("<img src=x");
});

it("the_caret_stands_inside_the_last_item_of_a_list", () => {
  const { container } = render(<RichText text={"I like:\n- naps\n- shade"} caret={<i id="c" />} />);
  expect(container.querySelector("#c")?.closest("li")?.textContent).toBe("shade");
});
