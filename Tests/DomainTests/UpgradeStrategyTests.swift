import Domain
import Testing

/// Marathon's bounds of a rolling replacement: `ceil(n * minimumHealthCapacity)` and
/// `floor(n * (1 + maximumOverCapacity))`.
@Suite struct UpgradeStrategyTests {
    @Test(arguments: [
        Bounds(4, over: 1_000_000, health: 1_000_000, healthy: 4, total: 8),
        Bounds(4, over: 0, health: 500_000, healthy: 2, total: 4),
        Bounds(4, over: 0, health: 1_000_000, healthy: 4, total: 4),
        Bounds(10, over: 200_000, health: 1_000_000, healthy: 10, total: 12),
        Bounds(3, over: 250_000, health: 500_000, healthy: 2, total: 3),
        Bounds(4, over: 0, health: 0, healthy: 0, total: 4),
        Bounds(0, over: 1_000_000, health: 1_000_000, healthy: 0, total: 0),
        Bounds(1, over: 999_999, health: 1, healthy: 1, total: 1),
        Bounds(3, over: 333_333, health: 333_333, healthy: 1, total: 3),
        Bounds(3, over: 333_334, health: 333_334, healthy: 2, total: 4),
        Bounds(1_000_000, over: 1, health: 1, healthy: 1, total: 1_000_001),
    ])
    func `the bounds are Marathon's`(bounds: Bounds) {
        let strategy = UpgradeStrategy(minimumHealthMillionths: bounds.health, maximumOverMillionths: bounds.over)
        #expect(strategy.minimumHealthy(of: bounds.instances) == bounds.healthy)
        #expect(strategy.maximumTotal(of: bounds.instances) == bounds.total)
    }

    @Test(arguments: Array(stride(from: Int64(0), through: 1_000_000, by: 12_345)))
    func `the bounds hold the wanted number between them`(millionths: Int64) {
        let strategy = UpgradeStrategy(minimumHealthMillionths: millionths, maximumOverMillionths: millionths)
        for instances in [0, 1, 2, 3, 7, 10, 99, 1_000_000] {
            #expect((0...instances).contains(strategy.minimumHealthy(of: instances)))
            #expect((instances...(2 * instances)).contains(strategy.maximumTotal(of: instances)))
        }
    }
}

/// A row of the table: shares in millionths, and the numbers they give.
struct Bounds: CustomTestStringConvertible {
    var instances: Int
    var over: Int64
    var health: Int64
    var healthy: Int
    var total: Int

    init(_ instances: Int, over: Int64, health: Int64, healthy: Int, total: Int) {
        (self.instances, self.over, self.health, self.healthy, self.total) = (instances, over, health, healthy, total)
    }

    var testDescription: String { "\(instances) at \(health)/\(over)" }
}
