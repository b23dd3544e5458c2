"""What the person who has started the server is told, in both languages."""

from callserver.config import EMULATED
from callserver.server.assembly import CallServer


def greeting(server: CallServer) -> str:
    """What a newcomer needs next, in both languages."""
    config, folder = server.config, server.folder
    n_emulated = sum(line.device == EMULATED for line in config.lines.values())
    call = "  Call it 拨打                    bin/callserver-phone --socket"
    call = f"{call} {folder.exchange_socket}\n" if n_emulated else ""
    port = server.agents.port_number if server.agents else 0
    certificate = server.certificate.file if server.certificate else ""
    return f"""
callserver is ready: {len(config.lines)} lines ({n_emulated} emulated), {config.agents.seats} seats.  电话服务器已就绪。
  The shop's number 总机号码      {config.exchange.number}
{call}  Agents 座席 (801-804)           bin/callserver-agent --help; the agents' port {port}, certificate {certificate}
  First password 初始密码         in {folder.first_password_file}
  Calls and timelines 通话记录    bin/callserver calls --shop {folder.path}
  Settings 设置                   {folder.config_file}
  Log 日志                        {folder.log_file}
Stop with Ctrl-C.  按 Ctrl-C 停止。"""
