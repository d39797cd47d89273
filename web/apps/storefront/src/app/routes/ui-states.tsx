// `/_ui`, in development only: every component of `packages/ui` with all its states on one page, to be looked at together.

import { usePageTitle } from "@quickshop/shared/use-page-title";
import { useEffect } from "react";
import { Actions } from "../ui-states/actions";
import { Content } from "../ui-states/content";
import { Forms } from "../ui-states/forms";
import { holdStates } from "../ui-states/held-states";
import { OverThePage, ScreenStates } from "../ui-states/over-the-page";
import { Tokens } from "../ui-states/tokens";

export function Component() {
  usePageTitle("Components");
  useEffect(() => holdStates(document.styleSheets), []);
  return (
    <div className="space-y-20">
      <h1 className="display text-3xl">Components</h1>
      <Tokens />
      <Actions />
      <Forms />
      <Content />
      <OverThePage />
      <ScreenStates />
    </div>
  );
}
