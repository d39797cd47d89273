import { Part } from "./show";

const COLOURS = ["paper", "panel", "tile", "tile-light", "line", "control", "muted", "ink", "accent", "accent-strong", "danger"];
const SIZES = ["text-xs", "text-sm", "text-base", "text-lg"];
const DISPLAY = ["text-xl", "text-2xl", "text-3xl", "text-4xl"];
const FIGURES = ["$1,111.11", "$8,888.88", "$1,234,567.89"];

export function Tokens() {
  return (
    <Part title="Colour, type, figures">
      <div className="flex flex-wrap gap-4">
        {COLOURS.map((name) => (
          <figure key={name} className="text-xs">
            <div className="size-16 border border-line" style={{ background: `var(--qs-${name})` }} />
            <figcaption className="mt-1">{name}</figcaption>
          </figure>
        ))}
      </div>
      <div className="space-y-3">
        {[...SIZES, ...DISPLAY.map((size) => `display ${size}`)].map((size) => (
          <p key={size} className={`wrap-anywhere ${size}`}>
            A quiet gallery, {size}
          </p>
        ))}
      </div>
      <ul className="w-fit text-right tabular-nums">
        {FIGURES.map((figure) => (
          <li key={figure}>{figure}</li>
        ))}
      </ul>
    </Part>
  );
}
