import Boundary
import Scheduling
import Synchronization
import Testing

@testable import MesosClient

struct DeliveryGateTests {
    /// A gate that passes `inner` while it hands out its first event, as another thread would.
    private func story(_ inner: @escaping @Sendable (DeliveryGate) -> Void) -> [String] {
        let told = Mutex<[String]>([])
        let box = Mutex<DeliveryGate?>(nil)
        let gate = DeliveryGate(1) { _, event in
            let isFirst = told.withLock { told in
                told.append("\(event) begins")
                return told.count == 1
            }
            if isFirst, let gate = box.withLock({ $0 }) { inner(gate) }
            told.withLock { $0.append("\(event) ends") }
        }
        box.withLock { $0 = gate }
        _ = gate.pass(.opened)
        box.withLock { $0 = nil }
        return told.withLock { $0 }
    }

    @Test func `what comes while somebody is called waits, and is not lost`() {
        let told = story { gate in
            #expect(gate.pass(.answered(.taken)))
            #expect(gate.pass(.answered(.refused("no"))))
        }
        let events = [
            "\(TransportEvent.opened)", "\(TransportEvent.answered(.taken))",
            "\(TransportEvent.answered(.refused("no")))",
        ]
        #expect(told == events.flatMap { ["\($0) begins", "\($0) ends"] })
    }

    @Test func `an end that comes while somebody is called is the last word`() {
        let told = story { gate in
            #expect(gate.pass(.answered(.taken)))
            gate.close(.closed("over"))
            #expect(!gate.pass(.answered(.taken)))
        }
        let events = ["\(TransportEvent.opened)", "\(TransportEvent.closed("over"))"]
        #expect(told == events.flatMap { ["\($0) begins", "\($0) ends"] })
    }
}
