import Controller
import Domain
import Planning
import Synchronization

/// A controller that shows what it is told to and remembers what it was asked.
final class FakeController: ControllerHandle {
    private struct State {
        var snapshot: Snapshot
        var reply: ControlReply
        var asked: [ControlRequest] = []
    }

    private let state: Mutex<State>

    init(_ snapshot: Snapshot, reply: ControlReply = .refused("nothing was prepared")) {
        state = Mutex(State(snapshot: snapshot, reply: reply))
    }

    var snapshot: Snapshot { state.withLock { $0.snapshot } }

    var asked: [ControlRequest] { state.withLock { $0.asked } }

    func show(_ snapshot: Snapshot) { state.withLock { $0.snapshot = snapshot } }

    func request(_ request: ControlRequest) async -> ControlReply {
        state.withLock { state in
            state.asked.append(request)
            return state.reply
        }
    }
}
