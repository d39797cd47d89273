// What is shown when a screen breaks: in drawing, or because its code could not be loaded.

import { Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Button } from "@quickshop/ui/button";

export function RouteError({ whole = false }: { whole?: boolean }) {
  usePageTitle("Something went wrong");
  const notice = (
    <Notice
      dense
      title="Something broke on this screen"
      action={<Button onClick={() => window.location.reload()}>Load it again</Button>}
    >
      <p>The shop goes on selling, and nothing was changed. Loading the screen again usually helps.</p>
    </Notice>
  );
  return whole ? <main className="p-6 sm:p-10">{notice}</main> : notice;
}
