// The picture of a product, and the way to look closer.

import type { Picture as PictureData } from "@quickshop/api/types";
import { useNotices } from "@quickshop/shared/notices";
import { Icon } from "@quickshop/ui/icon";
import { Picture } from "@quickshop/ui/picture";
import { useState } from "react";

/** Beside the words the whole picture is in sight, however low the window. */
export const galleryWidth = "md:max-w-[max(20rem,calc((100dvh-9.5rem)*0.8))]";

export function Gallery({ name, picture }: { name: string; picture: PictureData | null | undefined }) {
  const [zoom, setZoom] = useState<typeof import("./zoom") | null>(null);
  const [zoomed, setZoomed] = useState(false);
  const say = useNotices((notices) => notices.say);
  if (picture == null) return <Picture picture={null} sizes="100vw" shape="square" className={galleryWidth} />;
  const look = async () => {
    try {
      setZoom(await import("./zoom"));
      setZoomed(true);
    } catch {
      say({ tone: "danger", text: "The larger picture did not load. Check your connection and try again." });
    }
  };
  return (
    <>
      <button type="button" className={`group relative block w-full cursor-zoom-in ${galleryWidth}`} onClick={look}>
        <Picture picture={picture} shape="own" sizes="(min-width: 48rem) 46vw, 100vw" eager />
        <span className="absolute right-3 bottom-3 grid size-11 place-items-center rounded-full bg-paper opacity-90">
          <Icon name="zoom" />
        </span>
        <span className="sr-only">Look closer</span>
      </button>
      {zoom !== null && <zoom.Zoom open={zoomed} onOpenChange={setZoomed} name={name} picture={picture} />}
    </>
  );
}
