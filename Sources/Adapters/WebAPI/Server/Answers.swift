import Controller
import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// How documents go out.
enum Answer {
    static func json(
        _ document: some Encodable,
        status: HTTPResponse.Status = .ok,
        mediaType: String = "application/json",
        headers: HTTPFields = [:]
    ) throws -> Response {
        var headers = headers
        headers[.contentType] = mediaType
        let body = ByteBuffer(bytes: try JSON.encode(document))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }

    /// A document made from a snapshot: its entity tag is the snapshot's number within the leader's term, so a client that
    /// has it already is answered with 304 and nothing is encoded.
    static func snapshot(
        _ snapshot: Snapshot,
        for request: Request,
        _ document: () throws -> some Encodable
    ) throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-cache"]
        if let tag = snapshot.entityTag {
            headers[.eTag] = tag
            if let known = request.headers[.ifNoneMatch], EntityTags(known).contain(tag) {
                return Response(status: .notModified, headers: headers)
            }
        }
        return try json(try document(), headers: headers)
    }
}

/// The value of `If-None-Match` (RFC 9110 §13.1.2): `*`, or tags; weak comparison.
struct EntityTags {
    private var tags: [Substring]

    init(_ header: String) {
        tags = header.split(separator: ",").map { part in
            let trimmed = part.drop { $0 == " " || $0 == "\t" }
            let end = trimmed.lastIndex { $0 != " " && $0 != "\t" }
            let tag = end.map { trimmed[...$0] } ?? ""
            return tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
        }
    }

    func contain(_ tag: String) -> Bool { tags.contains { $0 == "*" || $0 == tag } }
}

extension Snapshot {
    /// Names this snapshot among all that any process ever shows; `nil` where the process does not lead, because only the
    /// leader's epoch tells one process's numbers from another's.
    var entityTag: String? {
        guard case .leader(let epoch) = leadership else { return nil }
        return "\"\(epoch)-\(number)\""
    }
}
