/// Packs groups of writes into as few transactions as fit, in order. A group that fits into a transaction is never cut.
package struct TransactionPacker<Write> {
    private let writes: Int
    private let budget: Int
    private let cost: (Write) -> Int

    /// A packer.
    /// - Parameters:
    ///   - writes: How many writes a transaction may have.
    ///   - budget: What they may cost together; one write that costs more goes alone.
    ///   - cost: What a write costs.
    package init(writes: Int, budget: Int = .max, cost: @escaping (Write) -> Int = { _ in 0 }) {
        self.writes = writes
        self.budget = budget
        self.cost = cost
    }

    /// The transactions; one without writes where there are none, since an empty batch is a check that the term holds.
    package func pack(_ groups: [[Write]]) -> [[Write]] {
        var transactions: [[Write]] = []
        var open: [Write] = []
        var spent = 0
        func takes(_ more: [Write], _ price: Int) -> Bool {
            open.count + more.count <= writes && spent + price <= budget
        }
        func add(_ more: [Write], _ price: Int) {
            open += more
            spent += price
        }
        func close() {
            if !open.isEmpty { transactions.append(open) }
            open = []
            spent = 0
        }
        for group in groups {
            let price = group.reduce(0) { $0 + cost($1) }
            if !takes(group, price) { close() }
            guard !takes(group, price) else {
                add(group, price)
                continue
            }
            for write in group {
                if !takes([write], cost(write)) { close() }
                add([write], cost(write))
            }
        }
        close()
        return transactions.isEmpty ? [[]] : transactions
    }
}
