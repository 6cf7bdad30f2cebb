import FoundationEssentials
import HTTPTypes
import Hummingbird
import NIOCore

/// How much a request may bring.
enum BodyLimit {
    /// A small command, in bytes.
    static let command = 64 * 1024
    /// A source's whole tree as JSON, in bytes: 10,000 files of an ordinary size are about 10 MB.
    static let tree = 32 * 1024 * 1024
}

extension Request {
    /// The document in the body; `nil` where the body is empty.
    /// - Throws: `APIError` where it is over `limit` bytes, has another media type, or is not that document.
    func document<Document: Decodable>(_ type: Document.Type, upTo limit: Int) async throws -> Document? {
        let announced = headers[.contentLength].flatMap { Int($0) } ?? 0
        guard announced <= limit else { throw APIError.tooLarge(limit) }
        let buffer: ByteBuffer
        do {
            buffer = try await body.collect(upTo: limit)
        } catch is NIOTooManyBytesError {
            throw APIError.tooLarge(limit)
        }
        guard buffer.readableBytes > 0 else { return nil }
        let mediaType = headers[.contentType]?.lowercased() ?? ""
        guard mediaType.hasPrefix("application/json") else {
            throw APIError(
                ProblemDetails(
                    kind: "unsupported-media-type",
                    title: "Unsupported media type",
                    status: 415,
                    detail: "the body is \(mediaType.isEmpty ? "of no stated type" : mediaType)",
                    hint: "send JSON, with Content-Type: application/json"
                )
            )
        }
        do {
            return try JSON.decode(type, from: buffer.readableBytesView)
        } catch let error as DecodingError {
            throw APIError.badRequest("the body cannot be read: \(JSON.explain(error))")
        }
    }
}

extension APIError {
    static func tooLarge(_ limit: Int) -> APIError {
        APIError(
            ProblemDetails(
                kind: "too-large",
                title: "Content too large",
                status: 413,
                detail: "the body is larger than \(limit) bytes"
            )
        )
    }
}
