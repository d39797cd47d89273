// What is shown when a page breaks: in drawing, or because its code could not be loaded.

import { Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { Button } from "@quickshop/ui/button";
import { buttonClass } from "@quickshop/ui/button-class";

export function RouteError({ whole = false }: { whole?: boolean }) {
  usePageTitle("Something went wrong");
  const notice = (
    <Notice
      title="Something broke on this page"
      action={
        <>
          <Button onClick={() => window.location.reload()}>Load it again</Button>
          {/* A plain link on purpose: it loads the shop anew, which also brings a newer version. */}
          <a href="/" className={buttonClass("outline")}>
            Go to the shop
          </a>
        </>
      }
    >
      <p>Your cart and your orders are safe. Loading the page again usually helps.</p>
    </Notice>
  );
  return whole ? <main className="mx-auto max-w-[96rem] px-4 sm:px-6 lg:px-10">{notice}</main> : notice;
}
