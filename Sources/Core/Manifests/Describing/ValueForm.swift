import Domain

/// What a value of a definition may be: what a reader of the schema is told. That a value is so is seen to by the
/// ``Field`` that carries the form.
indirect enum ValueForm: Sendable {
    /// Text; of so many bytes, and of this form, where that is said.
    case text(TextRule)
    /// `true` or `false`.
    case flag
    /// A whole number.
    case integer(ClosedRange<Int64>)
    /// A decimal; the range is in 10 to the power of minus `places`.
    case number(places: Int, ClosedRange<Int64>)
    /// One of these words.
    case choice([String])
    /// Values in order.
    case list(ValueForm)
    /// Free keys with values of one form.
    case table(ValueForm)
    /// A mapping with keys of its own; named late, since forms can hold themselves.
    case object(@Sendable () -> ObjectForm)
    /// A value of any of these forms.
    case anyOf([ValueForm])
    /// A list with these forms at its places; the last ones may be missing.
    case tuple([ValueForm], least: Int)

    /// Text of any kind.
    static let text = ValueForm.text(TextRule())
}

/// What a text may be.
struct TextRule: Hashable, Sendable {
    /// How many characters it has at the least.
    var least: Int?
    /// How many it has at the most.
    var most: Int?
    /// A regular expression for the whole text, in the dialect of JSON Schema. The reader checks the same by hand, for
    /// better messages; a test holds the two against one another.
    var pattern: String?
}
