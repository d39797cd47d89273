import { Button } from "@quickshop/ui/button";
import type { ButtonLook } from "@quickshop/ui/button-class";
import { Drawing } from "@quickshop/ui/drawing";
import { Icon } from "@quickshop/ui/icon";
import { Exhibit, Part, State } from "./show";
import { LONG } from "./words";

const LOOKS: ButtonLook[] = ["primary", "outline", "plain"];
const ICONS = ["close", "minus", "plus", "check", "chevron", "zoom", "picture", "lock"] as const;

export function Actions() {
  return (
    <Part title="Actions">
      <Exhibit of="button">
        {LOOKS.map((look) => (
          <div key={look} className="flex w-full flex-wrap gap-x-8 gap-y-4">
            <State name={`${look}, default`}>
              <Button look={look}>Add to cart</Button>
            </State>
            {(["hover", "focus", "active"] as const).map((as) => (
              <State key={as} name={as} as={as}>
                <Button look={look}>Add to cart</Button>
              </State>
            ))}
            <State name="disabled">
              <Button look={look} disabled>
                Sold out
              </Button>
            </State>
            <State name="busy">
              <Button look={look} busy>
                Add to cart
              </Button>
            </State>
          </div>
        ))}
        <State name="wide, long" wide>
          <Button wide>{LONG}</Button>
        </State>
      </Exhibit>
      <Exhibit of="icon">
        {ICONS.map((name) => (
          <State key={name} name={name}>
            <Icon name={name} />
          </State>
        ))}
      </Exhibit>
      <Exhibit of="drawing">
        <State name="one path, in the size and colour of its place">
          <Drawing path="M4 12h16M12 4v16" className="size-8 text-accent" />
        </State>
      </Exhibit>
    </Part>
  );
}
