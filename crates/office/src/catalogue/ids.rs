//! Ids of this slice.

base::id_type!(
    /// The id of a product.
    ProductId,
    "product"
);
base::id_type!(
    /// The id of a plan.
    PlanId,
    "plan"
);
base::id_type!(
    /// The id of an option of a plan.
    OptionId,
    "option"
);
base::id_type!(
    /// The id of a price.
    PriceId,
    "price"
);
base::id_type!(
    /// The id of a discount code.
    CodeId,
    "discount code"
);
