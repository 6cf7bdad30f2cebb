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

/// A number with at most three decimals, none where they are zero.
func scalarText(_ value: Double) -> String {
    guard let count = Int64(exactly: roundedHalfEven(thousandsOf: value)) else { return "\(value)" }
    let magnitude = count.magnitude
    let sign = count < 0 ? "-" : ""
    let (whole, rest) = magnitude.quotientAndRemainder(dividingBy: 1000)
    guard rest > 0 else { return "\(sign)\(whole)" }
    var decimals = "\(1000 + rest)".dropFirst()
    while decimals.last == "0" { decimals.removeLast() }
    return "\(sign)\(whole).\(decimals)"
}

/// `value * 1000` rounded to a whole number, half to even, as if the product were exact: the product that a Double holds
/// may have been rounded onto a half that the true one only comes near to.
private func roundedHalfEven(thousandsOf value: Double) -> Double {
    let product = value * 1000
    let below = product.rounded(.down)
    guard product - below == 0.5 else { return product.rounded(.toNearestOrEven) }
    let lost = (-product).addingProduct(value, 1000)
    guard lost != 0 else { return product.rounded(.toNearestOrEven) }
    return lost > 0 ? below + 1 : below
}
