/// Packs groups of writes into as few transactions as fit, in order. A group that fits into a transaction is never cut.
struct TransactionPacker {
    var limits = StoreLimits()

    /// The transactions; one without writes where there are none, since an empty batch is a check that the term holds.
    func pack(_ groups: [[ZNodeWrite]]) -> [[ZNodeWrite]] {
        var transactions: [[ZNodeWrite]] = []
        var open = Load()
        func close() {
            guard !open.writes.isEmpty else { return }
            transactions.append(open.writes)
            open = Load()
        }
        for group in groups {
            let cost = group.reduce(0) { $0 + $1.cost }
            if !open.takes(group.count, cost, limits) { close() }
            if open.takes(group.count, cost, limits) {
                open.add(group, cost)
                continue
            }
            for write in group {
                if !open.takes(1, write.cost, limits) { close() }
                open.add([write], write.cost)
            }
        }
        close()
        return transactions.isEmpty ? [[]] : transactions
    }

    private struct Load {
        var writes: [ZNodeWrite] = []
        var cost = 0

        func takes(_ count: Int, _ bytes: Int, _ limits: StoreLimits) -> Bool {
            writes.count + count <= limits.writes && cost + bytes <= limits.bytes
        }

        mutating func add(_ more: [ZNodeWrite], _ bytes: Int) {
            writes += more
            cost += bytes
        }
    }
}
