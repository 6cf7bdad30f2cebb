import Manifests
import Synchronization
import Testing

@testable import Cores

/// Work that is spread over cores comes back as if one had done it.
struct CoresTests {
    @Test(arguments: [0, 1, 2, 7, 8, 9, 1000])
    func `results come in the order of the values, each made once`(count: Int) {
        let values = (0..<count).map { "value \($0)" }
        let calls = Mutex<[String: Int]>([:])
        let results = Cores().map(values) { value in
            calls.withLock { $0[value, default: 0] += 1 }
            return value + "!"
        }
        #expect(results == CallingWorker().map(values) { $0 + "!" })
        #expect(calls.withLock { $0.values.allSatisfy { $0 == 1 } && $0.count == count })
    }
}
