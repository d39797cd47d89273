// Short names for the contract's schemas; everything here comes from the generated file.

import type { components } from "./schema";

type Schemas = components["schemas"];

export type Money = Schemas["Money"];
export type Picture = Schemas["Picture"];
export type Availability = Schemas["Availability"];
export type ProductSummary = Schemas["ProductSummary"];
export type Product = Schemas["Product"];
export type ProductPage = Schemas["ProductPage"];
export type Category = Schemas["Category"];
export type CategoryPage = Schemas["CategoryPage"];
export type Cart = Schemas["Cart"];
export type CartLine = Schemas["CartLine"];
export type Address = Schemas["Address"];
export type Quote = Schemas["Quote"];
export type Order = Schemas["Order"];
export type OrderStatus = Schemas["OrderStatus"];
export type OrderSummary = Schemas["OrderSummary"];
export type OrderPage = Schemas["OrderPage"];
export type PaymentIntent = Schemas["PaymentIntent"];
export type Session = Schemas["Session"];
export type User = Schemas["User"];
export type AdminMe = Schemas["AdminMe"];
export type LinkState = Schemas["LinkState"];
