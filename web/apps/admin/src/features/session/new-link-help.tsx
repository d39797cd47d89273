import { settings } from "../../shared/settings";

/** How one gets a one-time link. */
export function NewLinkHelp({ reason }: { reason: string }) {
  return (
    <div className="max-w-md text-muted">
      <p>{reason} Run this on the machine that the shop runs on:</p>
      <p className="my-3">
        <code className="rounded-sm bg-panel px-2.5 py-2 text-ink">quickshop admin link</code>
      </p>
      {settings.development && (
        <p>
          Or take one from the{" "}
          <a href="/_dev" className="link text-ink">
            control room
          </a>
          .
        </p>
      )}
    </div>
  );
}
