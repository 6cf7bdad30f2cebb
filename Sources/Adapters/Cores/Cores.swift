import Dispatch
import FoundationEssentials
package import Manifests
import Synchronization

/// As many workers as the machine has cores. Whoever asks waits until all is done, and works too.
package struct Cores: Workers {
    /// A worker takes so many shares of the whole one after the other, lest all wait for the one with the longest.
    private static let sharesEach = 4

    /// The machine's cores.
    package init() {}

    /// The values in shares of about the same size, each by one core.
    package func map<Value: Sendable, Result: Sendable>(
        _ values: [Value],
        _ body: @escaping @Sendable (Value) -> Result
    ) -> [Result] {
        let shares = min(values.count, ProcessInfo.processInfo.activeProcessorCount * Cores.sharesEach)
        guard shares > 1 else { return values.map(body) }
        let results = Mutex<[[Result]]>(Array(repeating: [], count: shares))
        DispatchQueue.concurrentPerform(iterations: shares) { share in
            let part = values[(values.count * share / shares)..<(values.count * (share + 1) / shares)].map(body)
            results.withLock { $0[share] = part }
        }
        return results.withLock { $0.flatMap(\.self) }
    }
}

extension Workers where Self == Cores {
    /// All cores of the machine.
    package static var cores: Cores { Cores() }
}
