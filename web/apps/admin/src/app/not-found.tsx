import { Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { buttonClass } from "@quickshop/ui/button-class";
import { Link } from "react-router";

export function NotFound() {
  usePageTitle("Not found");
  return (
    <Notice
      dense
      title="There is no such screen"
      action={
        <Link to="/" className={buttonClass("outline")}>
          Go home
        </Link>
      }
    >
      <p>The address may have a slip in it, or belong to a screen that this version does not have.</p>
    </Notice>
  );
}
