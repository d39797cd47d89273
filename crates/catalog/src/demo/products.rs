//! The demo shop's categories and products. Pictures: `demo/pictures`, their sources in `demo/SOURCES.md`.

pub(super) struct Category {
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    pub(super) description: &'static str,
}

pub(super) struct Product {
    pub(super) sku: &'static str,
    pub(super) slug: &'static str,
    pub(super) name: &'static str,
    pub(super) category: &'static str,
    pub(super) price: &'static str,
    pub(super) stock: i32,
    pub(super) alt: &'static str,
    pub(super) description: &'static str,
}

pub(super) const CATEGORIES: &[Category] = &[
    Category {
        slug: "living",
        name: "Living",
        description: "Small things that make a room yours. Made to be used every day and to look good while they wait.",
    },
    Category {
        slug: "kitchen",
        name: "Kitchen",
        description: "For the table and the shelf above it. Plain shapes, honest materials, easy to clean.",
    },
    Category {
        slug: "wear",
        name: "Wear",
        description: "Clothes, shoes and what goes with them. Pieces that suit most of what you already own.",
    },
];

/// As the shop's first page shows them.
pub(super) const PRODUCTS: &[Product] = &[
    Product {
        sku: "KIT-MUG-01",
        slug: "mug",
        name: "Mug",
        category: "kitchen",
        price: "8.99",
        stock: 48,
        alt: "A glossy black mug, mustard yellow inside",
        description: "Black outside, mustard yellow inside, so even a dull Monday coffee has some colour in it. \
            The glaze is smooth and the handle has room for three fingers. It goes in the dishwasher and the microwave.",
    },
    Product {
        sku: "WEA-LOA-01",
        slug: "loafers",
        name: "Loafers",
        category: "wear",
        price: "89.99",
        stock: 14,
        alt: "A pair of sand-coloured suede loafers with tassels",
        description: "Tasselled shoes in sand-coloured suede, with fine holes that let the air through. \
            The sole is thin and bends with your foot, so there is nothing to break in. \
            Wear them without socks in summer and with a dark suit in autumn.",
    },
    Product {
        sku: "HOM-CAN-01",
        slug: "candle-holder",
        name: "Candle Holder",
        category: "living",
        price: "18.99",
        stock: 22,
        alt: "A round candle holder of hammered, silvery metal",
        description: "A round metal holder for one tea light. Fine grooves above and small dents below catch the flame, \
            and the whole thing seems to glow. It is heavy for its size and stays where you put it.",
    },
    Product {
        sku: "WEA-SUN-01",
        slug: "sunglasses",
        name: "Sunglasses",
        category: "wear",
        price: "19.99",
        stock: 35,
        alt: "Aviator sunglasses with dark lenses and a thin black frame",
        description: "The aviator shape, with a thin black frame and dark grey lenses that leave colours as they are. \
            They are light enough to forget on your head. The nose pads can be bent until they sit right.",
    },
    Product {
        sku: "WEA-BEA-01",
        slug: "beanie",
        name: "Beanie",
        category: "wear",
        price: "14.99",
        stock: 40,
        alt: "A bright blue knitted beanie with a turned-up brim",
        description: "A knitted hat in a blue that you will find again on any coat rack. \
            Turn the brim up once, or pull it all the way down over your ears. One size stretches to fit most heads.",
    },
    Product {
        sku: "HOM-HAI-01",
        slug: "hairdryer",
        name: "Hairdryer",
        category: "living",
        price: "24.99",
        stock: 18,
        alt: "A matt black hairdryer with a narrow nozzle",
        description: "A light hairdryer with three settings for heat and speed. \
            The narrow nozzle puts the air where you point it and comes off for drying with your fingers. \
            There is a loop to hang it up by, and it fits in hand luggage.",
    },
    Product {
        sku: "KIT-JAR-01",
        slug: "bamboo-glass-jar",
        name: "Bamboo Glass Jar",
        category: "kitchen",
        price: "5.49",
        stock: 60,
        alt: "A clear glass jar with a bamboo lid",
        description: "A clear jar with a bamboo lid that seals with a soft ring. It holds 57 oz (1.7 l): \
            two bags of pasta, or all the biscuits you meant to keep for guests. \
            The glass goes in the dishwasher; wipe the lid by hand.",
    },
    Product {
        sku: "WEA-WAT-01",
        slug: "watch",
        name: "Watch",
        category: "wear",
        price: "109.99",
        stock: 2,
        alt: "A gold-tone watch with a fine mesh strap",
        description: "A slim watch in gold-tone stainless steel, with plain strokes instead of numerals. \
            The mesh strap closes at any length, so it fits without a tool. Dressed up or not, it looks right.",
    },
    Product {
        sku: "KIT-SAL-01",
        slug: "salt-and-pepper-shakers",
        name: "Salt & Pepper Shakers",
        category: "kitchen",
        price: "18.49",
        stock: 27,
        alt: "Two clear shakers with metal tops, one with salt and one with pepper",
        description: "A pair of clear shakers with metal tops. You see at a glance which is which and when to refill. \
            Unscrew the top, fill, and they are back on the table.",
    },
    Product {
        sku: "WEA-TAN-01",
        slug: "tank-top",
        name: "Tank Top",
        category: "wear",
        price: "18.99",
        stock: 31,
        alt: "A cropped black tank top with a fine glitter",
        description: "A cropped cotton tank with a scooped neckline and a fine thread that catches the light. \
            It sits close without pinching. Good under a jacket, better at a party.",
    },
];
