import HTTPTypes
import Hummingbird
import Manifests
import NIOCore

/// `/api/v1/schema`: the JSON Schema of manifests, for editors. The same from every process of this version, leader or not.
struct SchemaRoutes {
    func add(to router: some RouterMethods<APIContext>) {
        let bytes = Array(ManifestSchema.text.utf8)
        Resource(
            get: { _, _ in
                let headers: HTTPFields = [.contentType: "application/schema+json", .cacheControl: "max-age=300"]
                return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
            }
        ).add(to: router, at: "api/v1/schema")
    }
}
