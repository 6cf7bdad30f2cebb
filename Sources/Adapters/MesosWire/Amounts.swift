import Domain

/// Mesos compares and adds amounts as fixed-point thousandths, `llround(value * 1000)` (Mesos 1.11, common/values.cpp).
/// What an Int64 cannot hold becomes its nearest end; what is no number becomes nothing.
func thousandths(_ value: Double) -> Int64 {
    let scaled = (value * 1000).rounded(.toNearestOrAwayFromZero)
    if let exact = Int64(exactly: scaled) { return exact }
    return scaled.isNaN ? 0 : scaled > 0 ? .max : .min
}

extension Milliseconds {
    /// The length in Mesos's usual unit.
    var inSeconds: Double { Double(count) / 1000 }

    /// From Mesos's usual unit, rounded to whole milliseconds.
    init(inSeconds seconds: Double) { self.init(thousandths(seconds)) }

    /// From Mesos's DurationInfo.
    init(nanoseconds: Int64) { self.init(nanoseconds / 1_000_000) }

    /// For Mesos's DurationInfo; stays at the longest that it can hold (292 years).
    var inNanoseconds: Int64 {
        let (product, overflow) = count.multipliedReportingOverflow(by: 1_000_000)
        return overflow ? (count > 0 ? .max : .min) : product
    }
}

extension WireFrameworkID {
    init(_ id: FrameworkID) {
        self.init()
        value = id.rawValue
    }
}

extension WireAgentID {
    init(_ id: AgentID) {
        self.init()
        value = id.rawValue
    }
}

extension WireTaskID {
    init(_ id: TaskID) {
        self.init()
        value = id.rawValue
    }
}

extension WireOfferID {
    init(_ id: OfferID) {
        self.init()
        value = id.rawValue
    }
}
