import Boundary
import Controller
import Domain
import Scheduling
import Testing

/// What waits for a batch leaves in the order of the turns, and never before its proof.
@Suite struct OutboxTests {
    private func turn(_ number: Int) -> Turn {
        var turn = Turn(number: number)
        turn.gated = [.kill(TaskID("task-\(number)"), nil)]
        return turn
    }

    private func proof(of number: Int) -> Persisted { CommitTicket(WriteBatch(number: number)).durable() }

    @Test func `a proof releases its own batch and every earlier one, in order`() {
        var outbox = Outbox()
        for number in 1...4 { outbox.hold(turn(number)) }
        let released = outbox.release(proof(of: 3)).calls.map(\.call)
        #expect(released == (1...3).map { .gated(.kill(TaskID("task-\($0)"), nil)) })
        #expect(outbox.inFlight == 1)
        #expect(outbox.release(proof(of: 3)).calls.isEmpty)
    }

    @Test func `a call cannot be released by the proof of an earlier batch`() async {
        await #expect(processExitsWith: .failure) {
            let proof = CommitTicket(WriteBatch(number: 1)).durable()
            _ = ReleasedCall(.kill(TaskID("t"), nil), decidedIn: 2, proof)
        }
    }
}
