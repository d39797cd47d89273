import { Field } from "@quickshop/ui/field";
import { Quantity } from "@quickshop/ui/quantity";
import { Select } from "@quickshop/ui/select";
import { useState } from "react";
import { Exhibit, Part, State } from "./show";
import { ARABIC, LONG, LONG_WORD } from "./words";

const FRUIT = [
  { value: "a", label: "Apples" },
  { value: "p", label: "Pears" },
];
const field = "w-72 max-w-full";

export function Forms() {
  return (
    <Part title="Forms">
      <Exhibit of="field">
        <State name="empty, with a hint">
          <Field className={field} label="E-mail" hint="For the receipt, nothing else." />
        </State>
        {(["hover", "focus"] as const).map((as) => (
          <State key={as} name={as} as={as}>
            <Field className={field} label="E-mail" />
          </State>
        ))}
        <State name="filled, optional">
          <Field className={field} label="Company" optional defaultValue="Analytical Engines" />
        </State>
        <State name="refused">
          <Field className={field} label="E-mail" error="This e-mail address is not complete." defaultValue="ada@" />
        </State>
        <State name="refused, focus" as="focus">
          <Field className={field} label="E-mail" error="Enter your e-mail address." />
        </State>
        <State name="disabled">
          <Field className={field} label="E-mail" disabled defaultValue="ada@example.com" />
        </State>
        <State name="long, right to left">
          <Field className={field} label={LONG} hint={LONG_WORD} dir="auto" defaultValue={ARABIC} />
        </State>
      </Exhibit>
      <Exhibit of="select">
        <State name="default">
          <Select className={field} label="Fruit" options={FRUIT} />
        </State>
        {(["hover", "focus"] as const).map((as) => (
          <State key={as} name={as} as={as}>
            <Select className={field} label="Fruit" options={FRUIT} />
          </State>
        ))}
        <State name="refused">
          <Select className={field} label="Fruit" options={FRUIT} error="We do not deliver this." />
        </State>
        <State name="disabled">
          <Select className={field} label="Fruit" options={FRUIT} disabled />
        </State>
        <State name="quiet">
          <Select quiet label="Order by" options={FRUIT} />
        </State>
        <State name="long">
          <Select className={field} label="Fruit" options={[{ value: "l", label: LONG }]} />
        </State>
      </Exhibit>
      <Quantities />
    </Part>
  );
}

function Quantities() {
  const [count, setCount] = useState(2);
  return (
    <Exhibit of="quantity">
      <State name="default">
        <Quantity value={count} max={99} of="apples" onChange={setCount} />
      </State>
      <State name="focus" as="focus">
        <Quantity value={count} max={99} of="pears" onChange={setCount} />
      </State>
      <State name="only one left">
        <Quantity value={1} max={1} of="plums" onChange={setCount} />
      </State>
      <State name="more than there are">
        <Quantity value={99} max={98} of="figs" onChange={setCount} />
      </State>
    </Exhibit>
  );
}
