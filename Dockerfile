# One image for web, worker and beat (docker-compose.yml says which runs what). No secret is built in.
FROM python:3.13-slim

ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /portal
COPY requirements.txt .
RUN pip install -r requirements.txt
COPY . .
# The translations' binary form; the settings want a database's address, nothing is connected to.
RUN SECRET_KEY=build DATABASE_URL=postgres://build@build/build python manage.py messages --compile

# Uploads, collected static files and beat's schedule; everything else is read only for this user.
RUN useradd --system --uid 10001 portal && mkdir /data && chown portal /data && chmod -R a+rX /portal
USER portal
VOLUME /data
EXPOSE 8000

CMD ["granian", "--interface", "wsgi", "portal.wsgi:application", "--no-ws", "--host", "0.0.0.0", "--port", "8000", \
     "--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers", "--workers-kill-timeout", "8"]
