import Scheduling

/// An agent's attribute in the text form that constraints compare: scalars `0.###`, rounded half to even, ranges
/// `[a-b,c-d]` by their start, sets `{a,b}` sorted (Marathon 1.11's rules for constraints).
/// `nil` where Mesos sent a kind that has no text form.
func attributeText(_ attribute: WireAttribute) -> String? {
    guard attribute.hasType else { return nil }
    switch attribute.type {
    case .text: return attribute.text.value
    case .scalar: return scalarText(attribute.scalar.value)
    case .ranges:
        let ranges = attribute.ranges.range.sorted { ($0.begin, $0.end) < ($1.begin, $1.end) }
        return "[" + ranges.map { "\($0.begin)-\($0.end)" }.joined(separator: ",") + "]"
    case .set:
        return "{" + attribute.set.item.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ",")
            + "}"
    }
}
