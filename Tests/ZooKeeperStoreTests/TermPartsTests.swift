import Boundary
import Dispatch
import Domain
import Testing

@testable import ZooKeeperStore

@Suite struct CommitLedgerTests {
    private func admit(_ ledger: CommitLedger, _ number: Int, _ told: Notes<String>) -> Int? {
        let admitted = Notes<Int>()
        ledger.admit(
            CommitTicket(WriteBatch(number: number)),
            done: { told.add($0.durableBatch.map { "durable \($0)" } ?? "failed \(number)") },
            then: { admitted.add($0) }
        )
        return admitted.all.first
    }

    @Test func `an outcome waits for those before it`() throws {
        let ledger = CommitLedger()
        let told = Notes<String>()
        let numbers = try (1...3).map { try #require(admit(ledger, $0, told)) }
        ledger.settle(numbers[1])
        #expect(told.all.isEmpty)
        ledger.settle(numbers[0])
        #expect(told.all == ["durable 1", "durable 2"])
        ledger.settle(numbers[0])
        ledger.settle(numbers[2])
        #expect(told.all == ["durable 1", "durable 2", "durable 3"])
    }

    @Test func `the end fails what is open, once, and everything after`() throws {
        let ledger = CommitLedger()
        let told = Notes<String>()
        let numbers = try (1...3).map { try #require(admit(ledger, $0, told)) }
        ledger.settle(numbers[0])
        ledger.settle(numbers[2])
        #expect(ledger.end("first reason"))
        #expect(!ledger.end("second reason"))
        ledger.settle(numbers[1])
        #expect(admit(ledger, 4, told) == nil, "nothing is handed on after the end")
        // Though the third was acknowledged: its proof would speak for the second, too.
        #expect(told.all == ["durable 1", "failed 2", "failed 3", "failed 4"])
        #expect(ledger.end == "first reason")
    }

    @Test func `who is told may commit again`() {
        let ledger = CommitLedger()
        let told = Notes<Int>()
        ledger.end("over")
        ledger.admit(CommitTicket(WriteBatch(number: 1))) { _ in
            told.add(1)
            ledger.admit(CommitTicket(WriteBatch(number: 2)), done: { _ in told.add(2) }, then: { _ in })
            told.add(-1)
        } then: { _ in
        }
        #expect(told.all == [1, -1, 2])
    }

    @Test func `threads that settle and end at once lose and double nothing`() async throws {
        for _ in 0..<50 {
            let ledger = CommitLedger()
            let told = Notes<String>()
            let numbers = try (1...40).map { try #require(admit(ledger, $0, told)) }
            await withTaskGroup(of: Void.self) { group in
                for number in numbers { group.addTask { ledger.settle(number) } }
                group.addTask { ledger.end("over") }
            }
            try await until("all are told") { told.all.count == 40 }
            let order = told.all.compactMap { $0.split(separator: " ").last.flatMap { Int($0) } }
            #expect(order == Array(1...40))
            let outcomes = told.all.map { $0.hasPrefix("durable") }
            #expect(outcomes == outcomes.sorted { $0 && !$1 }, "nothing is durable after what failed")
        }
    }
}

@Suite struct LeaseTests {
    @Test func `a lease lasts two thirds of the timeout from the newest answered request`() {
        let start = ContinuousClock.now
        let lease = Lease(timeout: .seconds(9), start: start)
        #expect(!lease.isOver(at: start + .milliseconds(5999)))
        #expect(lease.isOver(at: start + .seconds(6)))
        lease.renew(sentAt: start + .seconds(2))
        // An answer that overtook a later one brings nothing back.
        lease.renew(sentAt: start + .seconds(1))
        #expect(!lease.isOver(at: start + .milliseconds(7999)))
        #expect(lease.isOver(at: start + .seconds(8)))
    }
}

@Suite struct BackoffTests {
    @Test(arguments: UInt64(0)..<100)
    func `waits stay within their bounds and can grow to the longest`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var backoff = Backoff()
        var waits = (0..<40).map { _ in backoff.next(using: &random) }
        #expect(waits.allSatisfy { $0 >= Backoff.shortest && $0 <= Backoff.longest })
        #expect(waits[0] <= Milliseconds(200))
        #expect(waits.suffix(30).contains { $0 > Milliseconds(5000) })
        backoff.reset()
        waits = [backoff.next(using: &random)]
        #expect(waits[0] <= Milliseconds(200))
    }

    @Test func `the same complaint is said once in a while, another at once`() {
        var complaint = Complaint()
        let start = ContinuousClock.now
        let said = [("a", 0), ("a", 59), ("b", 59), ("a", 60), ("a", 121)].map { reason, second in
            complaint.isNews(reason, at: start + .seconds(second))
        }
        #expect(said == [true, false, true, true, true])
    }
}
