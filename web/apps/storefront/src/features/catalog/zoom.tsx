// One picture, larger than the window where the file allows it; it is moved by scrolling or with a finger.

import type { Picture as PictureData } from "@quickshop/api/types";
import { Dialog } from "@quickshop/ui/overlay";
import { Picture } from "@quickshop/ui/picture";

/** Enlarged further a photograph turns to porridge. */
const MOST_ENLARGED = 2;

interface ZoomProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  name: string;
  picture: PictureData;
}

export function Zoom({ open, onOpenChange, name, picture }: ZoomProps) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={name}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling area must be reachable with the keyboard */}
      <section ref={toMiddle} className="tile min-h-0 flex-1 overflow-auto" aria-label="Enlarged picture" tabIndex={0}>
        <div className="mx-auto w-[max(100%,46rem)]" style={{ maxWidth: picture.width * MOST_ENLARGED }}>
          <Picture picture={picture} shape="own" sizes="100vw" />
        </div>
      </section>
    </Dialog>
  );
}

/** The thing itself is in the middle of its photograph. */
function toMiddle(area: HTMLElement | null): void {
  if (area === null) return;
  area.scrollLeft = (area.scrollWidth - area.clientWidth) / 2;
  area.scrollTop = (area.scrollHeight - area.clientHeight) / 2;
}
