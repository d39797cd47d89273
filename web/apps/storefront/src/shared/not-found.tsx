import { Notice } from "@quickshop/shared/screen-state";
import { usePageTitle } from "@quickshop/shared/use-page-title";
import { buttonClass } from "@quickshop/ui/button-class";
import { Link } from "react-router";

export function NotFound({
  title = "There is nothing here",
  text = "The page may have moved, or the address has a slip in it.",
}) {
  usePageTitle("Not found");
  return (
    <Notice
      title={title}
      action={
        <>
          <Link className={buttonClass("primary")} to="/">
            Go to the shop
          </Link>
          <Link className={buttonClass("outline")} to="/search">
            Search
          </Link>
        </>
      }
    >
      <p>{text}</p>
    </Notice>
  );
}
