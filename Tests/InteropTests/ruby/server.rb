# Runs gRPC's official interoperability server, the one of ruby-grpc, on a port that the system chooses.
#
#   server.rb OFFICIAL_SERVER USE_TLS
#
# Prints the port, and ends with its input.
official, tls = ARGV
ARGV.replace(['--port', '0', '--use_tls', tls])
$LOAD_PATH.unshift(File.join(File.dirname(official, 3), 'lib'))
require 'grpc'

GRPC::RpcServer.prepend(
  Module.new do
    def add_http2_port(*arguments)
      super.tap do |port|
        puts port
        $stdout.flush
      end
    end
  end
)

Thread.new do
  $stdin.read
  # Its own way to stop fails an assertion of C-core while connections are open.
  exit!(0)
end
load official
