from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self):
        from pairings.selectors import register_results
        from portal import notices
        from portal.selectors import results_of_pairs

        notices.register()
        # The floor of pairs asks what came of them without knowing the floors that keep gifts.
        register_results(results_of_pairs)
