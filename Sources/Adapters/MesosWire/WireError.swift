/// Why bytes are not a message of Mesos, or a message could not be made into bytes.
package struct WireError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, as a sentence.
    package let description: String

    init(_ description: String) { self.description = description }

    static func missing(_ what: String, in message: String) -> WireError {
        WireError("Mesos's \(message) has no \(what), which the protocol demands.")
    }
}

/// A value that Mesos must have sent.
func required<Value>(_ value: Value, _ isThere: Bool, _ what: String, in message: String) throws(WireError) -> Value {
    guard isThere else { throw .missing(what, in: message) }
    return value
}
