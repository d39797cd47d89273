import { cx } from "./cx";
import { Icon } from "./icon";

interface PictureData {
  url: string;
  alt: string;
  width: number;
  height: number;
  sources: readonly { url: string; width: number }[];
}

interface PictureProps {
  picture: PictureData | null | undefined;
  /** The `sizes` attribute: how wide the tile is at which width of the window. */
  sizes: string;
  /** The largest picture of the first screen loads at once; all others wait until they are near. */
  eager?: boolean;
  /** Empty where the name stands right beside the picture, so that it is not read twice. */
  alt?: string;
  /** Upright 4:5 unless told otherwise; "own" is square or upright, whichever the photograph is. */
  shape?: "upright" | "square" | "own";
  className?: string;
}

const SHAPES = { upright: "aspect-4/5", square: "aspect-square" } as const;
/** Wider than this does not fill an upright tile without losing too much of the thing at its sides. */
const UPRIGHT_RATIO = 0.9;

/** A photograph in a box of fixed shape and tone: the page never moves when it arrives, and no frame shows. */
export function Picture({ picture, sizes, eager = false, alt, shape = "upright", className }: PictureProps) {
  const box = shape === "own" ? (picture == null || isWide(picture) ? "square" : "upright") : shape;
  return (
    <span className={cx("relative block overflow-hidden", picture == null ? "bg-panel" : "tile", SHAPES[box], className)}>
      {picture == null ? (
        <Icon name="picture" className="absolute inset-0 m-auto w-1/5 min-w-4 max-w-12 text-control" />
      ) : (
        <img
          src={picture.url}
          srcSet={picture.sources.map((source) => `${source.url} ${source.width}w`).join(", ") || undefined}
          sizes={sizes}
          width={picture.width}
          height={picture.height}
          alt={alt ?? picture.alt}
          loading={eager ? "eager" : "lazy"}
          fetchPriority={eager ? "high" : "auto"}
          decoding="async"
          className={cx(
            "tile-picture absolute inset-0 size-full",
            box === "upright" && isWide(picture) ? "object-contain tile-fade" : "object-cover",
          )}
        />
      )}
    </span>
  );
}

function isWide({ width, height }: PictureData): boolean {
  return width / height > UPRIGHT_RATIO;
}
