import { Badge } from "@quickshop/ui/badge";
import { LocaleContext } from "@quickshop/ui/locale";
import { Picture } from "@quickshop/ui/picture";
import { Price } from "@quickshop/ui/price";
import { Skeleton } from "@quickshop/ui/skeleton";
import { Exhibit, Part, State } from "./show";

/** Drawn by the page itself: development must not depend on what a shop sells. */
const drawing = (width: number, height: number) => ({
  url: `/favicon.svg#${width}x${height}`,
  alt: "The mark of the shop",
  width,
  height,
  sources: [],
});

const PRICES = [
  { locale: "en-US", amount: "8.99", currency: "USD" },
  { locale: "en-US", amount: "1234567.89", currency: "USD" },
  { locale: "ja-JP", amount: "1500", currency: "JPY" },
  { locale: "de-DE", amount: "1234567.89", currency: "EUR" },
  { locale: "en-US", amount: "3.125", currency: "KWD" },
  { locale: "en-US", amount: "0.00", currency: "USD" },
];

export function Content() {
  return (
    <Part title="Content">
      <Exhibit of="price">
        {PRICES.map(({ locale, ...money }) => (
          <State key={locale + money.currency + money.amount} name={`${money.currency}, ${locale}`}>
            <LocaleContext value={locale}>
              <Price money={money} className="text-lg" />
            </LocaleContext>
          </State>
        ))}
      </Exhibit>
      <Exhibit of="badge">
        {(["plain", "good", "bad"] as const).map((tone) => (
          <State key={tone} name={tone}>
            <Badge tone={tone}>{{ plain: "Not paid", good: "Paid", bad: "Cancelled" }[tone]}</Badge>
          </State>
        ))}
        <State name="long">
          <Badge>Waiting for the bank to answer</Badge>
        </State>
      </Exhibit>
      <Exhibit of="picture">
        <State name="none, upright">
          <Picture picture={null} sizes="8rem" className="w-32" />
        </State>
        <State name="none, square">
          <Picture picture={null} sizes="8rem" shape="square" className="w-32" />
        </State>
        <State name="none, small">
          <Picture picture={null} sizes="4rem" className="w-16" />
        </State>
        <State name="upright photograph">
          <Picture picture={drawing(800, 1000)} sizes="8rem" className="w-32" />
        </State>
        <State name="square photograph in an upright tile">
          <Picture picture={drawing(800, 800)} sizes="8rem" className="w-32" />
        </State>
        <State name="in its own shape">
          <Picture picture={drawing(800, 800)} sizes="8rem" shape="own" className="w-32" />
        </State>
        <State name="not there">
          <Picture picture={{ ...drawing(800, 1000), url: "/no-such-picture.jpg" }} sizes="8rem" className="w-32" />
        </State>
      </Exhibit>
      <Exhibit of="skeleton">
        <State name="a picture">
          <Skeleton className="h-40 w-32 rounded-none" />
        </State>
        <State name="a line">
          <Skeleton className="h-6 w-48" />
        </State>
      </Exhibit>
    </Part>
  );
}
