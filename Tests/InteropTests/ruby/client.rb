# Plays cases of gRPC's official interoperability client, the one of ruby-grpc, one after the other in one process.
#
#   client.rb OFFICIAL_CLIENT PORT USE_TLS CASE...
#
# Prints a line for each: its name, then OK or what went wrong.
official, port, tls, *cases = ARGV
ARGV.clear
# Its own main runs only where it is the program.
load official

cases.each do |name|
  args = Args.new
  args.server_host = '127.0.0.1'
  args.server_port = port
  args.server_host_override = 'foo.test.google.fr'
  args.secure = tls == 'true'
  args.use_test_ca = true
  args.test_case = name
  outcome =
    begin
      NamedTests.new(create_stub(args), args).method(name).call
      'OK'
    rescue Exception => e
      "#{e.class}: #{e.message.inspect}"
    end
  puts "#{name} #{outcome}"
  $stdout.flush
end
