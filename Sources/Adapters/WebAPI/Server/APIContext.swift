package import Hummingbird
import Logging

/// What belongs to one request.
package struct APIContext: RequestContext {
    /// Hummingbird's part: the logger with the request's id, and the path's parameters.
    package var coreContext: CoreRequestContextStorage
    /// The request's id, in its log lines and in the answer. Hummingbird's own is read back from the logger's metadata,
    /// which a log handler need not keep.
    package let requestID: String

    /// A request's context.
    package init(source: ApplicationRequestContextSource) {
        self.coreContext = CoreRequestContextStorage(source: source)
        self.requestID = RequestID().description
        self.logger[metadataKey: "hb.request.id"] = nil
        self.logger[metadataKey: "request.id"] = "\(requestID)"
    }
}
