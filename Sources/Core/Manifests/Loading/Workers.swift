/// Does the same with each of many values, several at the same time where there are several workers. Handed in, because
/// threads are the outside's business; what is done with a value depends on nothing but the value, so that the result is the
/// same however many there are.
package protocol Workers: Sendable {
    /// What `body` makes of each value, in their order. Returns when all is done.
    func map<Value: Sendable, Result: Sendable>(
        _ values: [Value],
        _ body: @escaping @Sendable (Value) -> Result
    ) -> [Result]
}

/// One worker: the caller.
package struct CallingWorker: Workers {
    /// The caller.
    package init() {}

    /// One value after the other.
    package func map<Value: Sendable, Result: Sendable>(
        _ values: [Value],
        _ body: @escaping @Sendable (Value) -> Result
    ) -> [Result] {
        values.map(body)
    }
}

extension Workers where Self == CallingWorker {
    /// The caller alone.
    package static var caller: CallingWorker { CallingWorker() }
}
