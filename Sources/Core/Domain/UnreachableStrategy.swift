import OrderedCollections

/// What becomes of an instance whose agent is cut off (Marathon's `unreachableStrategy`).
package enum UnreachableStrategy: Hashable, Sendable, Codable {
    /// `"disabled"`: it is waited for, however long that takes.
    case disabled
    /// Replaced `inactiveAfter` ms after it was reported unreachable. Up to `expungeAfter` ms it is taken back if it
    /// shows up before its replacement has a place; later, or beside a replacement, it is killed.
    case replace(inactiveAfter: Milliseconds, expungeAfter: Milliseconds)

    /// How long an unreachable task is waited for before it is replaced; `nil` for ever.
    package var inactiveAfter: Milliseconds? {
        if case .replace(let inactive, _) = self { inactive } else { nil }
    }

    /// How long an unreachable task can be taken back; `nil` for ever.
    package var expungeAfter: Milliseconds? {
        if case .replace(_, let expunge) = self { expunge } else { nil }
    }

    var fieldValue: FieldValue {
        switch self {
        case .disabled: .text("disabled")
        case .replace(let inactive, let expunge):
            .object([
                "inactiveAfterSeconds": FieldValue(seconds: inactive),
                "expungeAfterSeconds": FieldValue(seconds: expunge),
            ])
        }
    }
}
